use std::sync::Arc;

use axum::{Extension, Router};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use shared_kernel::{api::AuthLayerState, application::Authenticator};

use crate::support::{PASSWORD, World, worlds};

fn app(world: &World) -> Router {
    let (router, _) = user_management::routes(Arc::clone(&world.users)).split_for_parts();
    router.layer(Extension(AuthLayerState(Arc::clone(&world.users) as Arc<dyn Authenticator>)))
}

async fn call(app: &Router, path: &str, token: &str, body: Option<Value>) -> (StatusCode, Value) {
    let method = if body.is_some() { "POST" } else { "GET" };
    testkit::routes::call(app, method, path, token, body).await
}

#[tokio::test]
async fn somebody_signs_up_in_and_out_over_http() {
    for world in worlds().await {
        let app = app(&world);
        let ask = json!({ "email": "ann@example.com", "purpose": "register" });
        let (status, sent) =
            call(&app, "/users/public/send-verification-code", "", Some(ask)).await;
        assert_eq!((status, &sent["data"]["expires_in"]), (StatusCode::OK, &json!(600)), "{sent}");
        let code = world.read_code().await;
        let form = json!({ "username": "ann", "email": "ann@example.com", "password": PASSWORD, "code": code });
        let (status, made) = call(&app, "/users/auth/register", "", Some(form)).await;
        assert_eq!(
            (status, &made["data"]["user"]["username"]),
            (StatusCode::CREATED, &json!("ann"))
        );

        let login = json!({ "identifier": "ann", "password": PASSWORD });
        let (status, signed) = call(&app, "/users/auth/login", "", Some(login)).await;
        assert_eq!(status, StatusCode::OK, "{signed}");
        let data = &signed["data"];
        assert_eq!((&data["token_type"], &data["expires_in"]), (&json!("Bearer"), &json!(1800)));
        assert_eq!(data["user"]["role"], "user");
        let access = data["access_token"].as_str().unwrap();

        let (status, me) = call(&app, "/users/me", access, None).await;
        let mut expected = data["user"].clone();
        expected["totp_enabled"] = json!(false);
        expected["recovery_codes_left"] = json!(0);
        expected["delete_at"] = Value::Null;
        assert_eq!((status, &me["data"]), (StatusCode::OK, &expected), "{}", world.test.name);
        let refresh = json!({ "refresh_token": data["refresh_token"] });
        let (status, _) = call(&app, "/users/auth/refresh", "", Some(refresh.clone())).await;
        assert_eq!(status, StatusCode::OK);
        let (status, out) = call(&app, "/users/auth/logout", access, Some(json!({}))).await;
        assert_eq!((status, &out["data"]), (StatusCode::OK, &Value::Null));
        let (status, refused) = call(&app, "/users/me", access, None).await;
        assert_eq!(
            (status, &refused["error"]),
            (StatusCode::UNAUTHORIZED, &json!("TOKEN_REVOKED"))
        );
        let (status, _) = call(&app, "/users/public/logout", "", Some(refresh)).await;
        assert_eq!(status, StatusCode::OK);
    }
}

#[tokio::test]
async fn refusals_have_their_status_and_code() {
    for world in worlds().await {
        let app = app(&world);
        world.register("ann").await;
        let code = world.code_for("ben@example.com").await;
        let form = |username: &str, code: &str| json!({ "username": username, "email": "ben@example.com", "password": PASSWORD, "code": code });
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for (path, body, status, error, field) in [
            ("/users/auth/register", form("ann", &code), 409, "USERNAME_TAKEN", "username"),
            ("/users/auth/register", form("ben", wrong), 422, "CODE_INVALID", "code"),
            ("/users/auth/register", form("b", &code), 422, "VALIDATION_ERROR", "username"),
            (
                "/users/public/send-verification-code",
                json!({ "email": "x", "purpose": "register" }),
                422,
                "VALIDATION_ERROR",
                "email",
            ),
            (
                "/users/public/send-verification-code",
                json!({ "email": "x@y.cn", "purpose": "fun" }),
                422,
                "VALIDATION_ERROR",
                "purpose",
            ),
            (
                "/users/public/send-verification-code",
                json!({ "email": "ben@example.com", "purpose": "register" }),
                429,
                "CODE_TOO_SOON",
                "",
            ),
            (
                "/users/auth/login",
                json!({ "identifier": "ann", "password": "wrong" }),
                401,
                "WRONG_CREDENTIALS",
                "",
            ),
            (
                "/users/auth/refresh",
                json!({ "refresh_token": "x" }),
                401,
                "REFRESH_TOKEN_INVALID",
                "",
            ),
        ] {
            let (found, answer) = call(&app, path, "", Some(body)).await;
            assert_eq!((found.as_u16(), &answer["error"]), (status, &json!(error)), "{answer}");
            assert!(field.is_empty() || answer["details"][field].is_array(), "{answer}");
            assert!(!answer.to_string().contains(PASSWORD));
        }
    }
}

#[tokio::test]
async fn a_password_a_profile_and_sessions_are_changed_over_http() {
    for world in worlds().await {
        let app = app(&world);
        world.register("ann").await;
        let (here, there) = (world.login("ann").await, world.login("ann").await);
        let (here, there) = (here.access_token.expose_secret(), there.access_token.expose_secret());
        let (status, list) = call(&app, "/users/me/sessions?limit=1", here, None).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        assert_eq!(list["data"]["items"].as_array().unwrap().len(), 1);
        assert!(list["data"]["next_cursor"].is_string(), "{list}");
        let wrong = json!({ "current_password": "wrong", "new_password": "a third good password" });
        let (status, refused) = call(&app, "/users/me/change-password", here, Some(wrong)).await;
        assert_eq!((status.as_u16(), &refused["error"]), (422, &json!("WRONG_PASSWORD")));
        let right =
            json!({ "current_password": PASSWORD, "new_password": "a third good password" });
        let (status, changed) = call(&app, "/users/me/change-password", here, Some(right)).await;
        assert_eq!((status, &changed["data"]), (StatusCode::OK, &Value::Null), "{changed}");
        assert_eq!(call(&app, "/users/me", there, None).await.0, StatusCode::UNAUTHORIZED);

        let put = |body| testkit::routes::call(&app, "PUT", "/users/me/profile", here, Some(body));
        let (status, me) = put(json!({ "username": "anne", "locale": "en" })).await;
        assert_eq!((status, &me["data"]["username"]), (StatusCode::OK, &json!("anne")), "{me}");
        for field in ["role", "status", "id", "email"] {
            let (status, refused) = put(json!({ field: "super_admin" })).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        }
        let ended = testkit::routes::call(&app, "DELETE", "/users/me/sessions", here, None).await;
        assert_eq!(ended.1["data"]["ended"], 0, "{}", ended.1);
        let path = "/users/me/sessions/not-an-id";
        let (status, _) = testkit::routes::call(&app, "DELETE", path, here, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_rooms_of_administrators_are_closed_to_users_and_strangers() {
    for world in worlds().await {
        let app = app(&world);
        let ann = world.register("ann").await;
        let email = "root@example.com";
        world.users.create_super_admin("root", email, &PASSWORD.into()).await.unwrap();
        let (user, root) = (world.login("ann").await, world.login("root").await);
        let (user, root) = (user.access_token.expose_secret(), root.access_token.expose_secret());
        let one = format!("/users/admin/users/{}", ann.id);
        let (role, status) = (format!("{one}/role"), format!("{one}/status"));
        for (method, path, body) in [
            ("GET", "/users/admin/users", None),
            ("GET", one.as_str(), None),
            ("PUT", status.as_str(), Some(json!({ "status": "active" }))),
            ("PUT", role.as_str(), Some(json!({ "role": "admin" }))),
        ] {
            for (token, expected) in [("", 401), (user, 403), (root, 200)] {
                let (status, answer) =
                    testkit::routes::call(&app, method, path, token, body.clone()).await;
                assert_eq!(status.as_u16(), expected, "{method} {path} {answer}");
            }
        }
        for (path, expected) in [
            ("/users/admin/users?limit=0", 422),
            ("/users/admin/users?role=king", 422),
            ("/users/admin/users?search=%00", 422),
            ("/users/admin/users?sort=id", 422),
            ("/users/admin/users/00000000-0000-0000-0000-000000000000", 404),
        ] {
            let (status, answer) = call(&app, path, root, None).await;
            assert_eq!(status.as_u16(), expected, "{path} {answer}");
        }
        let (_, list) = call(&app, "/users/admin/users?search=an&status=active", root, None).await;
        assert_eq!(list["data"]["items"][0]["role"], "admin", "{list}");
        assert!(!list.to_string().contains("argon2"), "{list}");
    }
}
